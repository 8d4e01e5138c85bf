/**
 * The pages: static files without anybody's data. What they show comes from the JSON API, by same-origin fetches
 * that carry even a SameSite=Strict cookie.
 */
import express, { Router } from 'express';

/** @param directory where the files are */
export function pageRoutes(directory: string): Router {
  const routes = Router();
  routes.use(express.static(directory, { extensions: ['html'], redirect: false, dotfiles: 'ignore' }));
  return routes;
}
