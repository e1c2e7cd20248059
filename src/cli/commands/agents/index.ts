/** `openclaw agents` is `openclaw agents list`. */
export { default } from './list.js'
