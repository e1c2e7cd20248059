import { clearFallbacks } from '../../../models/fallbacks.js'

export default clearFallbacks('imageModel')
