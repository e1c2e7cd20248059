import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testConfig } from '../../helper/gateway.js'
import { startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

t.test('status, index, search', async (t) => {
  const cli = cliFor(t)
  const work = join(cli.home, 'work')
  const main = join(cli.home, 'main')
  for (const folder of [main, work]) mkdirSync(join(folder, 'memory'), { recursive: true })
  cli.writeConfig(testConfig({ agents: { entries: { main: { workspace: main }, work: { workspace: work } } } }))
  writeFileSync(join(main, 'MEMORY.md'), '# 会议\n\n决定把网关部署到新的服务器。\n')
  writeFileSync(join(work, 'memory', 'plan.md'), 'The release checklist is on the wall.\n')
  await startGateway(t, cli.home)
  const json = async (...argv: string[]) => JSON.parse((await cli.run('memory', ...argv, '--json')).stdout)

  t.match(await json('status'), {
    agents: [
      { agentId: 'main', enabled: true, files: 0, chunks: 0, workspace: main, embedding: { ok: false } },
      { agentId: 'work', enabled: true, files: 0 },
    ],
  })
  t.match(await json('index'), {
    agents: [
      { agentId: 'main', files: 1, chunks: 1, changed: 1 },
      { agentId: 'work', files: 1, changed: 1 },
    ],
  })
  t.match(await json('index', '--agent', 'work', '--force'), { agents: [{ agentId: 'work', changed: 1 }] })
  const status = await cli.run('memory', 'status', '--agent', 'main', '--deep')
  t.match(status, { code: 0, stderr: '' })
  t.match(status.stdout, /Index +1 files, 1 chunks\n/)
  t.match(status.stdout, /No embedding model is set up/)
  t.match(await cli.run('memory', 'index', '--agent', 'main'), { code: 0, stdout: /1 files, 1 chunks \(\d files read/ })

  t.match(await cli.run('memory', 'search', '部署'), { code: 0, stdout: /^MEMORY\.md:1-3 \(\d\.\d\d\)\n# 会议\n/ })
  t.match(await json('search', 'release checklist', '--agent', 'work'), {
    agentId: 'work',
    mode: 'keyword',
    results: [{ path: 'memory/plan.md', startLine: 1, endLine: 1 }],
  })
  t.match(await json('search', '--query', 'release checklist'), { agentId: 'main', results: [] })
  t.match(await cli.run('memory', 'search', 'zebra'), { code: 0, stdout: 'Nothing was found.\n' })
  t.match(await cli.run('memory', 'search'), { code: 2, stderr: /Say what to look for/ })
  t.match(await cli.run('memory', 'search', 'x', '--min-score', '7'), { code: 2, stderr: /from 0 to 1/ })
  t.match(await cli.run('memory', 'search', 'x', '--agent', 'ghost'), { code: 1, stderr: /ghost/ })
  t.match(await cli.run('memory', 'index', '--help'), { code: 0, stdout: /--force/ })
  t.match(await cli.run('memory'), { stdout: /memory index/ })
})
