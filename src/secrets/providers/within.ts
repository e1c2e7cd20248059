import type { Clock } from '../../kernel/clock.js'
import { SecretFault } from '../failure.js'

/** What `work` gives, or a failure when it takes longer. The work itself may go on; nobody waits for it. */
export function within<T>(clock: Clock, ms: number, alias: string, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new SecretFault('SECRET_PROVIDER_UNAVAILABLE', `The provider "${alias}" did not answer in ${ms} ms.`))
    const cancel = clock.after(ms, late)
    work().then(resolve, reject).finally(cancel)
  })
}
