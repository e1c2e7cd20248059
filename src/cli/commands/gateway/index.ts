/** `openclaw gateway` is `openclaw gateway run`. */
export { default } from './run.js'
