import { clientClock } from '../../../client/clock.js'
import { keepTunnel, type TunnelState } from '../../../remote/tunnel/keep.js'
import { openTunnel } from '../../../remote/tunnel/open.js'
import { tunnelTitle } from '../../../remote/tunnel/service.js'
import { removeTunnelRecord, writeTunnelRecord } from '../../../remote/tunnel/state-file.js'
import { showSshTarget } from '../../../remote/tunnel/target.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { stopSignal } from '../../stop-signal.js'
import { readTunnelPlan, tunnelOptions } from '../../tunnel/plan.js'

/** Keeps a tunnel in the foreground: for hosts without a service manager, and for a look at what goes wrong. */
export default defineCommand({
  summary: 'tunnel.run.summary',
  description: 'tunnel.run.description',
  options: { ...tunnelOptions, ...jsonOption },
  examples: [{ command: 'tunnel run' }, { command: 'tunnel run --ssh me@server --remote-port 18789' }],
  async run(context, _args, options) {
    const plan = await readTunnelPlan(context, options)
    const { env, paths } = await context.instance()
    const stop = stopSignal(context.io)
    let restarts = -1
    let writing: Promise<unknown> = Promise.resolve()
    const onState = (state: TunnelState) => {
      if (state.state === 'connecting') restarts += 1
      const record = {
        pid: process.pid,
        state: state.state,
        localPort: plan.localPort,
        remotePort: plan.remotePort,
        target: showSshTarget(plan.target),
        since: new Date(clientClock.now()).toISOString(),
        restarts,
        ...(state.state === 'waiting' && { why: context.explain(state.why) }),
      }
      if (context.out.json) context.out.raw(`${JSON.stringify(record)}\n`)
      else context.out.lines([stateLine(context, state, tunnelTitle(plan))])
      writing = writing.then(() => writeTunnelRecord(paths, record)).catch(() => {})
    }
    try {
      await keepTunnel({
        clock: clientClock,
        signal: stop.signal,
        open: (more) => openTunnel(plan, { env, ...more }),
        onState,
      })
    } finally {
      await writing
      await removeTunnelRecord(paths)
      stop.release()
    }
    return stop.exitCode()
  },
})

function stateLine({ t, explain }: CommandContext, state: TunnelState, title: string): string {
  if (state.state === 'connecting') return t('tunnel.run.connecting', { title })
  if (state.state === 'up') return t('tunnel.run.up', { title })
  return t('tunnel.run.waiting', { why: explain(state.why), seconds: (state.retryMs / 1000).toFixed(1) })
}
