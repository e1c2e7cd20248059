import { removeFallback } from '../../../models/fallbacks.js'

export default removeFallback('model')
