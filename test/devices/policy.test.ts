import t from 'tap'
import { allowedCommands, isWider, scopesToApprove } from '../../src/devices/nodes/policy.js'
import { systemOf } from '../../src/devices/system.js'

/** The 21 commands of the official node host; its gateway lets 13 through (spec/protocol.md 7.2). */
const host = (
  'browser.proxy browser.proxy.upload.v1 desktop.stream dir.fetch dir.list file.create file.fetch file.stat ' +
  'file.write fs.listDir mcp.tools.call.v1 ollama.chat ollama.models system.execApprovals.get ' +
  'system.execApprovals.set system.run system.run.prepare system.which terminal.upload workspace.memory workspace.skills'
).split(' ')
const about = (platform: string, deviceFamily?: string) => ({
  clientId: 'node-host',
  clientMode: 'node',
  version: '1',
  platform,
  ...(deviceFamily !== undefined && { deviceFamily }),
})

t.test('what a system may be used for', async (t) => {
  t.equal(host.length, 21)
  t.equal(allowedCommands(host, about('linux')).length, 13)
  t.strictSame(allowedCommands(host, about('some-os')), [], 'an unknown system gets no shell')
  t.strictSame(allowedCommands(['camera.snap', 'camera.list', 'canvas.show', 'system.run'], about('iOS 26')), [
    'camera.list',
    'canvas.show',
  ])
  const lists = { allow: ['camera.snap'], deny: ['camera.list'] }
  t.strictSame(allowedCommands(['camera.snap', 'camera.list'], about('ios'), lists), ['camera.snap'])
  t.strictSame(allowedCommands(['system.run'], about('linux'), { allow: ['system.run'], deny: ['system.run'] }), [])
})

t.test('the system, in whatever words', async (t) => {
  const words: Record<string, readonly string[]> = {
    linux: ['linux', 'Linux x86_64', 'linux6.1'],
    macos: ['darwin', 'macOS 26.1', 'MacIntel'],
    windows: ['win32', 'Windows 11'],
    ios: ['iOS 26.0', 'iPadOS', 'iPhone'],
    android: ['android', 'Linux; Android 16'],
    unknown: ['', 'plan9', 'wine', 'darling'],
  }
  for (const [system, names] of Object.entries(words)) {
    for (const name of names) t.equal(systemOf(name), system, name)
  }
  t.equal(systemOf('unknown', 'iPhone'), 'ios')
})

t.test('who may approve commands', async (t) => {
  t.strictSame(scopesToApprove([]), ['operator.pairing'])
  t.strictSame(scopesToApprove(['canvas.show']), ['operator.pairing', 'operator.write'])
  for (const name of ['system.run', 'system.which', 'browser.proxy', 'fs.listDir', 'system.execApprovals.set']) {
    t.strictSame(scopesToApprove(['canvas.show', name]), ['operator.pairing', 'operator.admin'], name)
  }
})

t.test('only more is asked for again', async (t) => {
  const surface = { caps: ['a'], commands: ['x', 'y'], permissions: { camera: true, screen: false } }
  t.ok(isWider(surface, undefined))
  t.notOk(isWider(surface, surface))
  t.notOk(isWider({ caps: [], commands: ['y'], permissions: {} }, surface))
  t.ok(isWider({ ...surface, caps: ['a', 'b'] }, surface))
  t.ok(isWider({ ...surface, commands: ['z'] }, surface))
  t.ok(isWider({ ...surface, permissions: { screen: true } }, surface))
})
