import { GatewayError } from '../kernel/errors.js'
import type { SandboxBackend, SandboxSpec } from './types.js'

const limitMs = 600_000
const maxShownChars = 1_000

/** Runs `setupCommand` once, in a sandbox that was just made. Throws `sandbox_unavailable` with the end of its output. */
export async function setUp(spec: SandboxSpec, backend: SandboxBackend): Promise<void> {
  const { setupCommand } = spec.settings.docker
  const line = Array.isArray(setupCommand) ? setupCommand.join(' && ') : setupCommand
  if (line === undefined || line.trim() === '') return
  const command = await backend.start(spec, { command: ['/bin/sh', '-lc', line], signal: AbortSignal.timeout(limitMs) })
  let output = ''
  command.onOutput((chunk) => {
    output = (output + chunk.toString()).slice(-maxShownChars)
  })
  command.endInput()
  const { code } = await command.exited
  if (code === 0) return
  throw new GatewayError('sandbox_unavailable', {
    message: `setupCommand of the sandbox ended with ${code ?? 'a signal'}: ${output.trim() || 'no output'}`,
  })
}
