import type { DoctorCheck, DoctorFinding } from '../types.js'

const check: DoctorCheck = {
  title: 'Config',
  run({ instance, loaded }) {
    const { config } = instance.paths
    if (!loaded.exists) {
      return [{ severity: 'warning', message: 'There is no config yet.', path: config, next: 'setup' }]
    }
    if (!loaded.ok) {
      return loaded.issues.map(({ path, message, line, column }): DoctorFinding => {
        const place = line === undefined ? config : `${config}:${line}:${column ?? 1}`
        return {
          severity: 'error',
          message: path ? `${path}: ${message}` : message,
          path: place,
          next: 'config validate',
        }
      })
    }
    return loaded.warnings.map(({ path, message }) => ({ severity: 'info', message, path }))
  },
}

export default check
