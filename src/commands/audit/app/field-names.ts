/** What do apps call the fields of a login? */

export const PASSWORD_FIELD = /^(.*[[._-])?(pass(word|wd|phrase)?|pwd)\]?$/i;
export const NAME_FIELD = /^(.*[[._-])?(e-?mail|user(name|_name|id)?|login|name)\]?$/i;
export const TOKEN_FIELD = /csrf|xsrf|token|nonce/i;
