import type { DoctorCheck } from '../types.js'

const check: DoctorCheck = {
  title: 'Start',
  needsConfig: true,
  run({ loaded, config, refusal }) {
    if (!loaded.ok || !loaded.exists) return []
    // A client of a gateway elsewhere starts none here.
    if (config.gateway?.mode === 'remote' && config.gateway.remote?.url !== undefined) return []
    const error = refusal(loaded)
    if (!error) return []
    const next = error.details?.next
    return [{ severity: 'error', message: error.message, ...(typeof next === 'string' && { next }) }]
  },
}

export default check
