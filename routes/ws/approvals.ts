import { ExecApprovals } from '../../schemas/exec-approvals.js'
import { Type } from '../../schemas/type.js'
import { readApprovals, withoutToken, writeApprovals } from '../../src/approvals/file.js'
import { family, method } from './_method.js'

const Snapshot = Type.Object({
  path: Type.String(),
  exists: Type.Boolean(),
  hash: Type.String({ description: 'For `baseHash`.' }),
  file: ExecApprovals,
  resolvedDefaults: Type.Object(
    {
      security: Type.String(),
      ask: Type.String(),
      askFallback: Type.String(),
      autoAllowSkills: Type.Boolean(),
    },
    { description: 'What holds where the file says nothing.' },
  ),
})

/** Lists of requests that wait for a person. Nothing in this version makes one. */
const waiting = (summary: string) =>
  method({
    summary,
    description: 'Nothing asks yet.',
    scope: 'operator.approvals',
    params: Type.Object({}),
    result: Type.Array(Type.Unknown()),
    handler: () => [],
  })

export default family({
  'exec.approvals.get': method({
    summary: 'Which commands this host lets agents run',
    scope: 'operator.admin',
    params: Type.Object({}),
    result: Snapshot,
    async handler({ runtime }) {
      const { file, ...rest } = await readApprovals(runtime.instance.paths.state)
      return { ...rest, file: withoutToken(file) }
    },
  }),
  'exec.approvals.set': method({
    summary: 'Writes which commands this host lets agents run',
    scope: 'operator.admin',
    params: Type.Object({
      file: ExecApprovals,
      baseHash: Type.Optional(
        Type.String({ minLength: 1, description: 'The `hash` of exec.approvals.get; needed once there is a file.' }),
      ),
    }),
    result: Snapshot,
    async handler({ runtime, log, caller }, { file: wanted, baseHash }) {
      const { file, ...rest } = await writeApprovals(runtime.instance.paths.state, wanted, baseHash)
      const { deviceId, user, clientIp } = caller
      log.info({ deviceId, user, clientIp, hash: rest.hash }, 'the exec approvals were changed over the control plane')
      return { ...rest, file: withoutToken(file) }
    },
  }),
  'plugin.approval.list': waiting('Actions of plugins that wait for approval'),
  'openclaw.approval.list': waiting('Actions of the gateway that wait for approval'),
  'question.list': method({
    summary: 'Questions of agents that wait for an answer',
    description: 'Nothing asks yet.',
    scope: 'operator.questions',
    params: Type.Object({}),
    result: Type.Object({ questions: Type.Array(Type.Unknown()) }),
    handler: () => ({ questions: [] }),
  }),
})
