import { addFallback } from '../../../models/fallbacks.js'

export default addFallback('model')
