import configure from '../configure.js'

/** `config` alone is `configure`, as in the official tool. */
export default configure
