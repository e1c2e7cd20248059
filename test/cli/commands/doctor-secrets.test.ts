import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { standIn } from '../../helper/program.js'
import { cliFor } from '../harness.js'

t.test('doctor reads files and looks at programs without starting them', async (t) => {
  const program = standIn(t, 'op', `process.stdout.write('value')`)
  const cli = cliFor(t)
  const vault = join(cli.home, 'vault.json')
  writeFileSync(vault, '{"token":"a-token-of-the-vault-0123456789"}', { mode: 0o600 })
  const providers = {
    f: { source: 'file', path: vault },
    op: { source: 'exec', command: program.path, jsonOnly: false },
  }
  cli.writeConfig({
    gateway: { mode: 'local', auth: { mode: 'token', token: { source: 'file', provider: 'f', id: '/token' } } },
    models: { providers: { openai: { apiKey: { source: 'exec', provider: 'op', id: 'value' } } } },
    secrets: { providers },
  })
  const look = async () => {
    const { findings } = JSON.parse((await cli.run('doctor', '--json')).stdout)
    return findings.filter(({ checkId }: { checkId: string }) => ['secrets', 'start', 'auth'].includes(checkId))
  }
  t.strictSame(await look(), [])
  chmodSync(vault, 0o644)
  chmodSync(program.path, 0o777)
  t.match(await look(), [
    { severity: 'error', path: 'gateway.auth.token', message: /too open/ },
    { severity: 'error', path: 'secrets.providers.op.command', message: /changed by other users/ },
  ])
  t.equal(program.calls.length, 0)
})
