import { whatsappOver } from './channel.js'
import { loadLibrary } from './library.js'

export default whatsappOver(loadLibrary)
