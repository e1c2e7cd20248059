import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import json5 from 'json5'
import t, { type Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { collectReferences } from '../../src/secrets/collect.js'
import type { Environment } from '../../src/secrets/types.js'
import { testFolder } from '../helper/folder.js'
import { fencesOf } from '../helper/markdown.js'
import { askAll } from './ask.js'

/**
 * The recipes of docs/secrets.md as they stand there, with paths of this test in place of theirs. `op`, `vault` and
 * `sops` are stand-ins: small programs that take the arguments and print the output of the real ones.
 */
const fences = fencesOf(readFileSync(join(import.meta.dirname, '../../docs/secrets.md'), 'utf8'))
const config = (alias: string): Config => {
  const found = fences.find(({ info, text }) => info === 'json5' && text.includes(`${alias}: {`))
  return json5.parse(found?.text ?? '')
}
const script = (name: string) =>
  fences.find(({ info, text }) => info === 'js' && text.includes(`// ${name}`))?.text ?? ''

function program(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

const node = (body: string) => `#!${process.execPath}\nconst argv = process.argv.slice(2)\n${body}\n`

/** Values of every reference of a recipe, by path. */
async function read(config: Config, env: Environment): Promise<Record<string, unknown>> {
  const { active } = collectReferences(config)
  const values = await askAll(
    active.map(({ ref }) => ref),
    { secrets: config.secrets, env },
  )
  return Object.fromEntries(active.map(({ path }, index) => [path, values[index]]))
}

/** The recipe with these settings of its provider laid over it. */
function placed(alias: string, settings: object): Config {
  const recipe = config(alias)
  const providers = recipe.secrets?.providers as Record<string, object>
  return {
    ...recipe,
    secrets: { providers: { ...providers, [alias]: { ...providers[alias], ...settings } } },
  } as Config
}

const pathWith = (folder: string) => ({ PATH: `${folder}:${join(process.execPath, '..')}:/usr/bin:/bin` })

t.test('1Password: op read', async (t) => {
  const folder = testFolder(t)
  const target = program(
    join(folder, 'Caskroom'),
    'op',
    node(`if (argv[0] !== 'read' || !process.env.OP_SERVICE_ACCOUNT_TOKEN) { console.error('not signed in'); process.exit(1) }
      process.stdout.write(argv[1] === 'op://Personal/OpenAI/password' ? 'value of the item\\n' : '')`),
  )
  const command = join(folder, 'op')
  symlinkSync(target, command)
  const recipe = placed('onepassword_openai', { command, trustedDirs: [folder] })
  const env = { HOME: folder, OP_SERVICE_ACCOUNT_TOKEN: 'signed-in' }
  t.strictSame(await read(recipe, env), { 'models.providers.openai.apiKey': 'value of the item' })
  t.match(await read(recipe, { HOME: folder }), {
    'models.providers.openai.apiKey': ['SECRET_REF_PROVIDER_ERROR', /exit code 1/],
  })
})

/** `vault kv get -format=json`: the data of a path with its metadata; with -field the value alone, as JSON. */
const vault = node(`
const data = { 'openclaw/openai': { apiKey: 'openai of the vault' }, 'openclaw/groq': { apiKey: 'groq of the vault' } }
const path = argv.at(-1)
if (argv[0] !== 'kv' || argv[1] !== 'get' || !argv.includes('-format=json') || !argv.includes('-mount=secret')) process.exit(1)
if (!process.env.VAULT_TOKEN) { console.error('Code: 403. permission denied'); process.exit(2) }
if (!data[path]) { console.error('No value found at secret/data/' + path); process.exit(2) }
const field = argv.find((arg) => arg.startsWith('-field='))
const answer = { request_id: 'x', lease_duration: 0, data: { data: data[path], metadata: { version: 1 } }, warnings: null }
console.log(JSON.stringify(field ? data[path][field.slice(7)] : answer, null, 2))`)

t.test('Vault: one field, and a resolver for many', async (t: Test) => {
  const folder = testFolder(t)
  const command = program(folder, 'vault', vault)
  const env = { ...pathWith(folder), HOME: folder, VAULT_TOKEN: 'token' }
  const args = ['kv', 'get', '-format=json', '-field=apiKey', '-mount=secret', 'openclaw/openai']
  const one = { source: 'exec' as const, command, args, jsonOnly: false, passEnv: ['VAULT_TOKEN'] }
  const ref = { source: 'exec' as const, provider: 'one', id: 'value' }
  t.strictSame(await askAll([ref], { secrets: { providers: { one } }, env }), ['openai of the vault'])

  const recipe = placed('vault', { command: program(folder, 'vault-resolver', script('vault-resolver')) })
  t.strictSame(await read(recipe, env), {
    'models.providers.openai.apiKey': 'openai of the vault',
    'models.providers.groq.apiKey': 'groq of the vault',
  })
  const sealed = await read(recipe, { ...env, VAULT_TOKEN: '' })
  t.match(sealed, { 'models.providers.openai.apiKey': ['SECRET_REF_NOT_FOUND', /NOT_FOUND/] })
})

/** `sops -d`: the decrypted file, or the part that --extract names. */
const sops = node(`
if (argv[0] !== '-d' || !process.env.SOPS_AGE_KEY_FILE) { console.error('Failed to get the data key'); process.exit(128) }
const tree = { openai: { apiKey: 'openai of sops' }, sops: { version: '3.9.0' } }
if (argv[1] === '--extract') process.stdout.write(argv[2] === '["openai"]["apiKey"]' ? tree.openai.apiKey : '')
else if (argv[1] === '--output-type' && argv[2] === 'json') console.log(JSON.stringify(tree, null, '\\t'))
else process.exit(1)`)

t.test('sops: one value, and a resolver for a whole file', async (t) => {
  const folder = testFolder(t)
  const command = program(folder, 'sops', sops)
  const env = { ...pathWith(folder), HOME: folder, SOPS_AGE_KEY_FILE: '/keys' }
  const args = ['-d', '--extract', '["openai"]["apiKey"]', 'secrets.enc.json']
  const one = { source: 'exec' as const, command, args, jsonOnly: false, passEnv: ['SOPS_AGE_KEY_FILE'] }
  const ref = { source: 'exec' as const, provider: 'one', id: 'value' }
  t.strictSame(await askAll([ref], { secrets: { providers: { one } }, env }), ['openai of sops'])
  const recipe = placed('sops', { command: program(folder, 'sops-resolver', script('sops-resolver')) })
  t.strictSame(await read(recipe, env), { 'models.providers.openai.apiKey': 'openai of sops' })
  t.match(await read(recipe, { ...env, SOPS_AGE_KEY_FILE: '' }), {
    'models.providers.openai.apiKey': ['SECRET_REF_PROVIDER_ERROR', /exit code/],
  })
})
