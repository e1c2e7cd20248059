import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { listOf } from '../../helper/exec-gate.js'
import { bearer, build, testConfig, token } from '../../helper/gateway.js'
import { bubblewrapMissing } from '../../helper/walls.js'
import { type Attempt, byBox, byCommand, byName, byPath, type Places, type Stage } from './_attempts.js'

/**
 * Attempts to get around the policy through `POST /tools/invoke`, where the owner has opened everything that can be
 * opened. Each is refused with the code that it should be, tells no secret and leaves nothing behind.
 */
const secret = 'SECRET-of-the-host'
const all = ['exec', 'process', 'write', 'edit', 'apply_patch']
const box = {
  defaults: { sandbox: { mode: 'all', backend: 'bubblewrap', workspaceAccess: 'rw' } },
  entries: { main: {}, work: {} },
}

const configs: Readonly<Record<Stage, object>> = {
  closed: { tools: { deny: all }, agents: { entries: { main: {}, work: {} } } },
  listed: { tools: { exec: { mode: 'allowlist', strictInlineEval: true } } },
  open: {},
  boxed: { agents: box },
}
const list = listOf('ls', 'cat', '/usr/bin/find', '/usr/bin/perl', '/usr/bin/env', {
  pattern: 'git',
  argPattern: '^status$',
})

async function gateway(t: Test, stage: Stage): Promise<{ app: FastifyInstance; places: Places }> {
  const opened = { mode: 'local', auth: { mode: 'token', token }, tools: { allow: all } }
  const app = await build(t, testConfig({ gateway: opened, ...configs[stage] }))
  const { workspace, home, state } = app.runtime.instance.paths
  const outside = join(home, 'outside')
  for (const folder of [workspace, outside]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(outside, 'secret.txt'), secret)
  writeFileSync(join(workspace, 'notes.md'), 'one\ntwo\n')
  const places = { workspace, outside, state, pid: process.pid }
  if (stage === 'listed') prepare(places)
  return { app, places }
}

/** Programs and files that an agent could have laid out before. */
function prepare({ workspace, outside, state }: Places): void {
  writeFileSync(join(state, 'exec-approvals.json'), JSON.stringify({ version: 1, ...list }))
  for (const name of ['ls', 'copy', 'find']) copyFileSync('/bin/sh', join(workspace, name))
  symlinkSync('/bin/sh', join(workspace, 'cat'))
  writeFileSync(join(workspace, 'evil.sh'), `touch ${outside}/owned\n`)
  writeFileSync(join(workspace, 'evil.js'), `require('fs').writeFileSync('${outside}/owned', '')`)
}

function invoke(app: FastifyInstance, payload: object) {
  return app.inject({ method: 'POST', url: '/tools/invoke', headers: bearer, payload })
}

const ranIn: Readonly<Record<Stage, object>> = {
  closed: { never: true },
  listed: { host: 'gateway' },
  open: { never: true },
  boxed: { host: 'sandbox', status: 'failed' },
}

/** The code that a client reads, the innermost one. `in vain`: the tool answered. */
function codeOf(body: string): string {
  const { ok, error } = JSON.parse(body)
  if (ok) return 'in vain'
  return error.code === 'tool_error'
    ? (error.details?.result?.code ?? error.details?.code ?? textCode(error.message))
    : error.code
}

/** What is refused in words alone, such as a patch as a whole. */
function textCode(message: string): string {
  return /is outside of the folders/.test(message) ? 'path_outside' : 'tool_error'
}

function check(t: Test, stage: Stage, attempts: (places: Places) => readonly Attempt[], skip: string | false = false) {
  return t.test(`${stage}: every attempt is refused`, { skip }, async (t) => {
    const { app, places } = await gateway(t, stage)
    for (const { name, call, code, before } of attempts(places)) {
      if (before !== undefined)
        t.equal((await invoke(app, { tool: 'exec', args: { command: before } })).statusCode, 200)
      const { body } = await invoke(app, call)
      t.equal(codeOf(body), code, `${name}: ${body.slice(0, 300)}`)
      t.notOk(body.includes(secret) || body.includes(token), `${name} tells no secret`)
      if (code === 'in vain') t.match(JSON.parse(body).result.details, ranIn[stage], `${name} ran where it should`)
      t.strictSame(readdirSync(places.outside), ['secret.txt'], `${name} makes nothing outside`)
    }
    t.equal(readFileSync(join(places.outside, 'secret.txt'), 'utf8'), secret, 'nor changes anything there')
    t.equal(readFileSync(join(places.workspace, 'notes.md'), 'utf8'), 'one\ntwo\n', 'nor half of a patch inside')
    t.notOk(existsSync(join(places.workspace, 'fine.md')))
    t.equal(
      (await invoke(app, { tool: 'read', args: { path: 'notes.md' } })).statusCode,
      200,
      'and what is allowed works',
    )
  })
}

t.test('there are many attempts, no two alike', async (t) => {
  const places = { workspace: '/w', outside: '/o', state: '/s', pid: 1 }
  const rows = [byName, byCommand, byPath, byBox].flatMap((attempts) => attempts(places))
  t.ok(rows.length >= 120, `${rows.length} attempts`)
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length)
  t.equal(new Set(rows.map(({ call, before }) => JSON.stringify([call, before]))).size, rows.length)
})

t.test('a folder that a command swaps for a link while it is written to', async (t) => {
  const { app, places } = await gateway(t, 'open')
  const { workspace, outside } = places
  mkdirSync(join(workspace, 'sub'))
  const swap = `mv sub away; ln -s ${outside} sub; rm sub; mv away sub`
  const loop = `n=0; while [ $n -lt 300 ]; do ${swap}; n=$((n+1)); done`
  let running = true
  const swapping = invoke(app, { tool: 'exec', args: { command: loop } }).finally(() => {
    running = false
  })
  const codes = new Set<string>()
  while (running) {
    const body = await invoke(app, { tool: 'write', args: { path: 'sub/owned', content: 'x' } })
    codes.add(codeOf(body.body))
    const { body: text } = await invoke(app, { tool: 'read', args: { path: 'sub/secret.txt' } })
    t.notOk(text.includes(secret))
  }
  t.equal((await swapping).statusCode, 200)
  t.strictSame(readdirSync(outside), ['secret.txt'])
  const known = ['in vain', 'path_outside', 'file_not_found', 'not_a_file', 'tool_error']
  t.ok(
    [...codes].every((code) => known.includes(code)),
    [...codes].join(),
  )
})

check(t, 'closed', byName)
check(t, 'listed', byCommand)
check(t, 'open', byPath)
check(t, 'boxed', byBox, bubblewrapMissing())
