import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mustRun, systemRun } from '../../src/service/run.js'
import { testFolder } from '../helper/folder.js'

const run = systemRun({
  PATH: '/usr/bin:/bin',
  XDG_RUNTIME_DIR: '/run/x',
  OPENAI_API_KEY: 'secret',
  LC_ALL: 'zh_CN.UTF-8',
})

t.test('a command, its exit code and what it said; in English, and no key of the shell goes along', async (t) => {
  t.match(await run('sh', ['-c', 'echo "$XDG_RUNTIME_DIR $LC_ALL $OPENAI_API_KEY"; echo no >&2; exit 3']), {
    code: 3,
    stdout: '/run/x C \n',
    stderr: 'no\n',
    missing: false,
  })
  t.match(await run('no-such-command', []), { code: undefined, missing: true })
})

t.test('nothing goes through a shell', async (t) => {
  const file = join(testFolder(t), 'made')
  t.match(await run('echo', [`$(touch ${file})`, ';', 'touch', file]), {
    code: 0,
    stdout: `$(touch ${file}) ; touch ${file}\n`,
  })
  t.notOk(existsSync(file))
})

t.test('a command that hangs is ended', async (t) => {
  t.match(await run('sleep', ['60'], 50), { code: undefined, missing: false })
  await t.rejects(mustRun(run, 'sleep', ['60'], 50), { code: 'service_failed', message: /did not end in time/ })
  await t.rejects(mustRun(run, 'no-such-command', []), { code: 'service_failed', message: /there is no such command/ })
})
