/** `openclaw sessions` is `openclaw sessions list`. */
export { default } from './list.js'
