import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { mark, standIn } from '../helper/program.js'
import { askAll, askOne } from './ask.js'

const env = { KEY: 'from the environment', EMPTY: '' }
const variable = (id: string, provider = 'default') => ({ source: 'env' as const, provider, id })

t.test('variables, with and without a provider', async (t) => {
  const listed: Config['secrets'] = { providers: { mine: { source: 'env', allowlist: ['KEY'] } } }
  t.equal(await askOne(variable('KEY'), { env }), 'from the environment')
  t.equal(await askOne(variable('KEY', 'mine'), { env, secrets: listed }), 'from the environment')
  t.match(await askOne(variable('EMPTY'), { env }), ['SECRET_REF_NOT_FOUND', /EMPTY is not set/])
  t.match(await askOne(variable('NONE'), { env }), ['SECRET_REF_NOT_FOUND', /NONE is not set/])
  t.match(await askOne(variable('PATH', 'mine'), { env, secrets: listed }), ['SECRET_REF_POLICY_DENIED', /allowlist/])
  const nothing: Config['secrets'] = { providers: { default: { source: 'env', allowlist: [] } } }
  t.match(await askOne(variable('KEY'), { env, secrets: nothing }), ['SECRET_REF_POLICY_DENIED', /allowlist/])
  // "$KEY" is a reference to the default provider, whatever that is called.
  t.match(await askOne(variable('PATH'), { env, secrets: { ...listed, defaults: { env: 'mine' } } }), [
    'SECRET_REF_POLICY_DENIED',
    /allowlist/,
  ])
  t.match(await askOne(variable('KEY', 'other'), { env }), [
    'SECRET_PROVIDER_NOT_CONFIGURED',
    /no secret provider "other"/,
  ])
})

t.test('providers that do not fit', async (t) => {
  const secrets: Config['secrets'] = { providers: { mine: { source: 'env' }, kept: { source: 'store' } } }
  const file = { source: 'file' as const, provider: 'mine', id: '/a' }
  t.match(await askOne(file, { secrets }), ['SECRET_PROVIDER_INVALID', /has source "env"/])
  const none = { source: 'file' as const, provider: 'constructor', id: '/a' }
  t.match(await askOne(none, { secrets }), ['SECRET_PROVIDER_NOT_CONFIGURED', /no secret provider/])
  for (const provider of ['default', 'kept']) {
    const stored = { source: 'store' as const, provider, id: 'A' }
    t.match(await askOne(stored, { secrets }), ['SECRET_PROVIDER_UNAVAILABLE', /no store. Use env, file or exec/])
  }
  const plugin: Config['secrets'] = { providers: { p: { source: 'exec', pluginIntegration: { pluginId: 'x' } } } }
  const asked = { source: 'exec' as const, provider: 'p', id: 'a' }
  t.match(await askOne(asked, { secrets: plugin }), ['SECRET_PROVIDER_UNAVAILABLE', /not part of this version/])
})

t.test('one failing provider harms its own references only', async (t) => {
  const folder = testFolder(t)
  writeFileSync(join(folder, 'good.json'), '{"a":"good"}', { mode: 0o600 })
  const secrets: Config['secrets'] = {
    providers: {
      good: { source: 'file', path: join(folder, 'good.json') },
      bad: { source: 'file', path: join(folder, 'bad.json') },
    },
  }
  const of = (provider: string) => ({ source: 'file' as const, provider, id: '/a' })
  t.match(await askAll([of('bad'), of('good'), variable('KEY')], { secrets, env }), [
    ['SECRET_PROVIDER_UNAVAILABLE'],
    'good',
    'from the environment',
  ])
})

t.test('a few providers side by side, not all at once', async (t) => {
  const folder = testFolder(t)
  const names = ['a', 'b', 'c']
  const programs = names.map((name) =>
    standIn(
      t,
      'vault',
      `const wait = () => fs.existsSync(${JSON.stringify(folder)} + '/go') ? process.stdout.write('${name}') : setTimeout(wait, 10)
       wait()`,
    ),
  )
  const secrets: Config['secrets'] = {
    providers: Object.fromEntries(
      names.map((name, index) => {
        const command = programs[index]?.path ?? ''
        return [name, { source: 'exec' as const, command, jsonOnly: false, timeoutMs: 60_000 }]
      }),
    ),
    resolution: { maxProviderConcurrency: 2 },
  }
  const started = () => programs.filter(({ calls }) => calls.length > 0).length
  const asked = askAll(
    names.map((provider) => ({ source: 'exec' as const, provider, id: 'value' })),
    { secrets },
  )
  await until(() => started() === 2)
  t.equal(programs[2]?.calls.length, 0, 'the third waits')
  mark(join(folder, 'go'))
  t.strictSame(await asked, names)
})
