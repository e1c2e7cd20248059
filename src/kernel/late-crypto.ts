/**
 * `node:crypto` for what every command reads: most commands draw nothing from it, and it is a tenth of what they take to
 * start. Whatever is read late anyway imports it as usual.
 */
export const lateCrypto = () => process.getBuiltinModule('node:crypto')
