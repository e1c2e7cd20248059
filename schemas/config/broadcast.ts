import { json } from './words.js'

export const broadcast = json('One message to several agents.')
