import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { guardedBinds } from '../../src/sandbox/bind-guard.js'
import { testFolder } from '../helper/folder.js'

t.test('sources and targets', async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const workspace = join(state, 'workspace')
  for (const folder of [
    workspace,
    join(workspace, 'data'),
    join(home, '.ssh'),
    join(home, 'projects'),
    join(state, 'credentials'),
  ]) {
    mkdirSync(folder, { recursive: true })
  }
  writeFileSync(join(workspace, 'docker.sock'), '')
  symlinkSync('/etc', join(workspace, 'to-etc'))
  symlinkSync(join(home, '.ssh'), join(workspace, 'to-ssh'))
  symlinkSync('/', join(workspace, 'to-root'))
  symlinkSync(join(workspace, 'data'), join(workspace, 'to-data'))
  symlinkSync('/var/run/missing', join(workspace, 'to-nowhere'))
  const places = { home, state, config: join(state, 'openclaw.json'), roots: [workspace, join(state, 'sandboxes')] }
  const guard = (bind: string, more: object = {}) => guardedBinds({ binds: [bind], ...more }, places)
  const external = { dangerouslyAllowExternalBindSources: true }

  t.strictSame(await guard(`${workspace}/data:/data`), [
    { source: join(workspace, 'data'), target: '/data', writable: true },
  ])
  t.match(await guard(`${workspace}/./data/../data/:/data/x/..:ro`), [
    { source: join(workspace, 'data'), target: '/data', writable: false },
  ])
  t.match(
    await guard(`${workspace}/to-data:/data`),
    [{ source: join(workspace, 'data') }],
    'the real source is what is mounted',
  )
  t.match(await guard(`${workspace}/new/folder:/data`), [{ source: join(workspace, 'new/folder') }])
  t.match(await guard(`${home}/projects:/p`, external), [{ source: join(home, 'projects') }])

  const refused: readonly (readonly [string, object?])[] = [
    ['/:/host', external],
    ['//:/host', external],
    ...[
      '/etc',
      '/etc/ssl',
      '/proc',
      '/sys',
      '/dev',
      '/dev/sda',
      '/root',
      '/boot',
      '/run',
      '/var/run',
      '/var/run/docker.sock',
      '/run/docker.sock',
    ].map((path) => [`${path}:/x`, external] as const),
    ['/var:/x', external],
    ['/etc/../etc/passwd:/x', external],
    ['/usr/../etc:/x', external],
    ...[
      '.ssh',
      '.aws',
      '.gnupg',
      '.config',
      '.docker',
      '.npm',
      '.cargo',
      '.netrc',
      '.ssh/id_rsa',
      '.config/gcloud',
    ].map((name) => [`${home}/${name}:/x`, external] as const),
    [`${home}:/x`, external],
    [`${state}:/x`, external],
    [`${state}/credentials:/x`, external],
    [`${state}/openclaw.json:/x`, external],
    [`${workspace}/to-etc:/x`],
    [`${workspace}/to-etc/ssl:/x`],
    [`${workspace}/to-etc/new-file:/x`],
    [`${workspace}/to-ssh:/x`],
    [`${workspace}/to-root:/x`],
    [`${workspace}/to-root/etc:/x`],
    [`${workspace}/to-nowhere:/x`],
    [`${workspace}/docker.sock:/x`],
    [`${home}/projects:/p`],
    [`${workspace}/../../projects:/p`],
    [`${workspace}/data:/workspace`],
    [`${workspace}/data:/workspace/inner`],
    [`${workspace}/data:/agent`],
    [`${workspace}/data:/`],
    [`${workspace}/data:relative`],
    ['relative:/x'],
    [`${workspace}/data`],
    [`${workspace}/data:/x:rw:more`],
    [`${workspace}/data:/x:rwx`],
  ]
  for (const [bind, more] of refused) await t.rejects(guard(bind, more), { code: 'sandbox_refused' }, bind)
  t.ok(await guard(`${workspace}/data:/workspace/inner`, { dangerouslyAllowReservedContainerTargets: true }))
})

t.test('issue-4-bind-race: what the sandbox could exchange for a link is not mounted', async (t) => {
  const home = testFolder(t)
  const workspace = join(home, 'work')
  mkdirSync(join(workspace, 'data', 'deep'), { recursive: true })
  symlinkSync(workspace, join(home, 'alias'))
  const places = { home, state: join(home, '.openclaw'), config: join(home, 'openclaw.json'), roots: [workspace] }
  const open = { dangerouslyAllowReservedContainerTargets: true, dangerouslyAllowExternalBindSources: true }
  const guard = (binds: string[], folder?: string) =>
    guardedBinds(
      { binds, ...open },
      { ...places, shared: folder === undefined ? undefined : { at: '/workspace', folder } },
    )
  const refused: readonly (readonly [binds: string[], shared?: string])[] = [
    [[`${workspace}/data:/data`], workspace],
    [[`${workspace}/data:/data:ro`], join(home, 'alias')],
    [[`${workspace}/data/deep:/workspace/data/deep:ro`], workspace],
    [[`${workspace}/data:/data:ro`, `${workspace}:/work`]],
    [[`${home}/alias:/work`, `${workspace}/data/deep:/deep`]],
  ]
  for (const [binds, shared] of refused)
    await t.rejects(guard(binds, shared), { code: 'sandbox_refused', message: /put a link in its place/ }, binds.join())
  t.ok(await guard([`${workspace}/data:/data`]), 'the workspace is not shared')
  t.ok(await guard([`${workspace}/data:/data`, `${workspace}:/work:ro`]), 'nobody writes there')
  t.ok(await guard([`${workspace}/data:/workspace/data:ro`], workspace), 'a mount at its own place cannot be moved')
  t.ok(await guard([`${workspace}:/work`, `${workspace}:/again`]), 'the same folder twice')
})
