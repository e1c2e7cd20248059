import t from 'tap'
import { renderPlist } from '../../../src/service/launchd/plist.js'
import { type Element, parseXml } from '../../helper/xml.js'
import { oddNames, oddSpec, specOf } from '../specs.js'

t.test('a refusal ends with 0 under launchd, so only failures are restarted, and not at once (pain-15)', async (t) => {
  const spec = await specOf({ kind: 'launchd', profile: 'rescue' })
  const job = plist(renderPlist(spec)) as Record<string, unknown>
  t.match(job, {
    Label: 'ai.openclaw.rescue',
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 30,
    ExitTimeOut: spec.stopSeconds,
    ProcessType: 'Interactive',
    Umask: 0o077,
    SoftResourceLimits: { NumberOfFiles: 8192 },
    StandardOutPath: '/home/u/.openclaw-rescue/logs/gateway-output.log',
    StandardErrorPath: '/home/u/.openclaw-rescue/logs/gateway-output.log',
  })
  t.match(job.ProgramArguments, ['/usr/bin/node', /bin\.js$/, '--profile', 'rescue', 'gateway', 'run', '--supervised'])
})

for (const name of oddNames) {
  t.test(`every word survives the XML: ${name}`, async (t) => {
    const spec = await oddSpec('launchd', name)
    const job = plist(renderPlist(spec)) as Record<string, unknown>
    t.same(job.ProgramArguments, [spec.program, ...spec.args])
    t.same(job.EnvironmentVariables, spec.env)
    t.equal(job.WorkingDirectory, spec.workingDirectory)
  })
}

t.test('the reader of this test is strict', async (t) => {
  for (const bad of ['<a>', '<a>&</a>', '<a>&x;</a>', '<a></b>', '<a/><b/>', 'x<a/>', '<a b=c/>', '<a><</a>']) {
    t.throws(() => parseXml(bad), bad)
  }
})

/** The value of a property list. */
function plist(text: string): unknown {
  const root = parseXml(text)
  const [only, ...more] = root.children
  if (root.name !== 'plist' || root.attributes.version !== '1.0' || !only || more.length > 0)
    throw new Error('no plist')
  return toValue(only)
}

function toValue({ name, text, children }: Element): unknown {
  if (name === 'true' || name === 'false') return name === 'true'
  if (name === 'integer') return Number(text)
  if (name === 'string') return text
  if (name === 'array') return children.map(toValue)
  if (name !== 'dict' || children.length % 2 !== 0) throw new Error(`<${name}> is not a value`)
  const pairs = children.flatMap((key, index) => (index % 2 === 0 ? [[key, children[index + 1]] as const] : []))
  return Object.fromEntries(
    pairs.map(([key, value]) => {
      if (key.name !== 'key' || !value) throw new Error('a dict is key, value, key, value')
      return [key.text, toValue(value)]
    }),
  )
}
