import t from 'tap'
import { gateStage } from '../helper/exec-gate.js'

const ask = { tools: { exec: { mode: 'ask' as const } } }

t.test('issue-4-strict-inline: an option with a value hides no code behind it', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'full', strictInlineEval: true } } })
  for (const name of ['script.py', 'ignore', 'python3', 'node', 'deno', 'bash']) stage.program(name)
  stage.answer = 'allow-once'
  const asks = async (line: string) => {
    const before = stage.asked.length
    await stage.clear(line)
    return stage.asked.length > before
  }
  for (const line of [
    './python3 -W ignore -c pass',
    './python3 -X dev -W ignore -c pass',
    './python3 -uW ignore',
    './python3 -W ignore -',
    './python3 --check-hash-based-pycs always -c pass',
    './node -C development -e 1',
    './node --title x -e 1',
    './deno eval 1',
    'perl -I lib -e 1',
    'perl -I lib',
  ]) {
    t.ok(await asks(line), line)
  }
  for (const line of [
    './python3 -W ignore script.py',
    './python3 -u script.py',
    './deno run script.py',
    'perl script.py -e',
  ])
    t.notOk(await asks(line), line)
})

t.test('issue-4-frozen-script: always ends when a script behind options or a verb changes', async (t) => {
  const stage = await gateStage(t, ask)
  for (const name of ['python3', 'node', 'deno', 'ignore']) stage.program(name)
  stage.answer = 'allow-always'
  for (const line of [
    './python3 -W ignore script.py data',
    './python3 -u script.py',
    './node --title x script.py',
    './node --require=./script.py ignore',
    './deno run script.py',
    'bash -O extglob script.py',
    'bash --rcfile script.py ignore',
    'perl -I lib script.py',
  ]) {
    stage.program('script.py', '#!/bin/sh\n')
    await stage.clear(line)
    const before = stage.asked.length
    const cleared = await stage.clear(line)
    t.equal(stage.asked.length, before, `${line}: it stands`)
    stage.program('script.py', '#!/bin/sh\nid\n')
    t.throws(() => cleared.check(), { code: 'exec_denied', details: { reason: 'changed' } }, line)
    await stage.clear(line)
    t.equal(stage.asked.length, before + 1, `${line}: it changed`)
  }
})

t.test('issue-4-odd-words: what is no path is no failure', async (t) => {
  const stage = await gateStage(t, ask)
  stage.answer = 'deny'
  for (const line of [`perl -e '${'1;'.repeat(5_000)}'`, 'cd /etc/passwd/x && ls', 'perl -w /etc/passwd/x'])
    await t.rejects(stage.clear(line), { code: 'exec_denied' }, line.slice(0, 40))
})

t.test('always is not offered for what an interpreter finds by itself', async (t) => {
  const stage = await gateStage(t, ask)
  for (const name of [
    'node',
    'python3',
    'deno',
    'build.js',
    'index.js',
    'app/__main__.py',
    'job',
    'job.py',
    'script.py',
  ])
    stage.program(name)
  stage.answer = 'allow-once'
  const offered = async (line: string) => {
    await stage.clear(line)
    return JSON.stringify(stage.asked.at(-1)?.request).includes('allow-always')
  }
  for (const line of [
    './node build',
    './node .',
    './node',
    './python3 app',
    './python3 -m job',
    './python3 -c pass',
    './deno task job.x',
    './node --require left-pad script.py',
    'bash -c "exit 1"',
    'sh',
  ])
    t.notOk(await offered(line), line)
  for (const line of [
    './node script.py build',
    './python3 -u script.py',
    './python3 --version',
    './node -v',
    'bash script.py',
  ])
    t.ok(await offered(line), line)
})

t.test('code from the input is code, however the input is written', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'full', strictInlineEval: true } } })
  stage.program('python3')
  stage.program('script.py')
  stage.answer = 'allow-once'
  for (const path of [
    '-',
    '/dev/stdin',
    '/dev/fd/0',
    '/proc/self/fd/0',
    '/proc/1/fd/0',
    '/dev//stdin',
    '/dev/./fd/3',
  ]) {
    const { length } = stage.asked
    await stage.clear(`./python3 ${path}`)
    t.equal(stage.asked.length, length + 1, path)
  }
  await stage.clear('./python3 script.py /dev/stdin')
  t.equal(stage.asked.length, 7)
})
