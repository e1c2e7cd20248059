import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { startGateway } from '../helper/process.js'
import {
  ask,
  type Broken,
  file,
  home,
  main,
  playAll,
  port,
  rescuePort,
  running,
  theOther,
  write,
} from './_broken-main.js'

const cases: readonly Broken[] = [
  {
    name: 'a comma too many braces',
    how: () => writeFileSync(file, '{ "gateway": { "port": 1 }}}'),
    cause: /Expected the end of the file/,
    mended: /Mended: put back the config that the gateway last ran with/,
  },
  {
    name: 'an unknown key',
    how: () => write((tree) => Object.assign(tree.gateway, { prot: 1 })),
    cause: /gateway\.prot: .*Did you mean "port"/,
    mended: /put back the config/,
  },
  {
    name: 'an include that is not there',
    how: () => writeFileSync(file, '{ $include: "./nothere.json5" }'),
    cause: /included file \.\/nothere\.json5 does not exist/,
    mended: /put back the config/,
  },
  {
    name: 'a folder where the config should be',
    how: () => {
      rmSync(file)
      mkdirSync(file)
    },
    cause: /not a regular file/,
  },
  { name: 'the config is gone', how: () => rmSync(file), cause: /The config is gone/, mended: /put back the config/ },
  {
    name: 'a bad edit under the running gateway',
    how: () => running(() => write((tree) => Object.assign(tree, { bogus: 1 }))),
    cause: /bogus: Unknown key/,
  },
  {
    name: 'the state is deleted under the running gateway',
    how: () => running(() => rmSync(main, { recursive: true })),
    cause: /A gateway \(pid \d+\) runs on files of this profile that were deleted/,
  },
  {
    name: 'everybody may read it',
    how: () => {
      chmodSync(main, 0o755)
      chmodSync(file, 0o644)
    },
    cause: /Other users of this machine can get at it \(mode 644\)/,
    mended: /Mended: chmod 700[\s\S]*Mended: chmod 600/,
  },
  {
    name: 'the port is taken by a stranger',
    how: async () => {
      const server = createServer((socket) => socket.end('hello\r\n')).listen(port, '127.0.0.1')
      await once(server, 'listening')
      return () => server.close()
    },
    cause: new RegExp(`Port ${port} is used by another program \\(pid ${process.pid}`),
  },
  {
    name: 'the port is taken by the rescue gateway',
    how: () => write((tree) => Object.assign(tree.gateway, { port: rescuePort })),
    cause: new RegExp(`Port ${rescuePort} is used by the gateway of the profile "rescue" \\(pid ${theOther.pid}\\)`),
    mended: /Mended: set gateway\.port from \d+ to \d+/,
  },
]

t.test('nothing is wrong', async (t) => {
  const gateway = await startGateway(home, port)
  const { status, doctor } = await ask()
  t.match(status, { code: 0, stdout: /RPC probe: ok/ })
  t.match(doctor, { code: 0, stdout: /✔ Ports/ })
  t.notMatch(doctor.stdout, /^[✖!]/m)
  await gateway.stop()
})

playAll(cases)
