import { listFallbacks } from '../../../models/fallbacks.js'

export default listFallbacks('model')
