/**
 * Which files does the app serve? Static pages without anybody's data: what they show comes from the JSON API, by
 * same-origin fetches that carry even a SameSite=Strict cookie.
 */
import express, { type RequestHandler } from 'express';

/** @param directory where the files are */
export function pageRoutes(directory: string): RequestHandler {
  return express.static(directory, { extensions: ['html'], redirect: false, dotfiles: 'ignore' });
}
