/** `openclaw health` is `openclaw gateway health`. */
export { default } from './gateway/health.js'
