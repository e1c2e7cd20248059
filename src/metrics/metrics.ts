import type * as Prometheus from 'prom-client'
import type { RunFinished } from '../agents/events.js'

export interface RequestSample {
  readonly method: string
  /** The route's pattern, never the raw URL: its values would be endless. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** Samples kept while prom-client is still being loaded. */
const maxPending = 10_000

/** Models that are told apart. A caller may name any; those beyond count as "other". */
const maxModels = 200

/** Bound meters kept; beyond it they are bound anew each time. */
const maxBound = 2_048

interface Meters {
  readonly registry: Prometheus.Registry
  readonly requests: Prometheus.Counter
  readonly requestSeconds: Prometheus.Histogram
  readonly runs: Prometheus.Counter
  readonly runSeconds: Prometheus.Histogram
  readonly modelSeconds: Prometheus.Histogram
  readonly tokens: Prometheus.Counter
}

export interface GaugeReadings {
  readonly version: string
  readonly profile: string
  readonly uptimeSeconds: number
  readonly activeTurns: number
  readonly configValid: boolean
}

/**
 * Counters of one gateway, in a registry of its own (spec/http.md section 10). prom-client is loaded with the first
 * sample rather than at start. No label holds a prompt, a session or a path of the disk.
 */
export class Metrics {
  #meters: Meters | undefined
  #loading: Promise<Meters> | undefined
  #pending: ((meters: Meters) => void)[] = []
  readonly #bound = new Map<string, object>()
  readonly #models = new Set<string>()

  request({ method, route, status, seconds }: RequestSample): void {
    this.#record(({ requests, requestSeconds }) => {
      const label = String(status)
      this.#of(`r ${method} ${label} ${route}`, () => requests.labels(method, route, label)).inc()
      this.#of(`s ${route}`, () => requestSeconds.labels(route)).observe(seconds)
    })
  }

  run({ model: ref, provider: name, origin, outcome, durationMs, usage, final }: RunFinished): void {
    const told = this.#models.has(ref) || this.#models.size < maxModels
    if (told) this.#models.add(ref)
    const [model, provider] = told ? [ref, name] : ['other', 'other']
    this.#record(({ runs, runSeconds, modelSeconds, tokens }) => {
      this.#of(`t ${origin} ${outcome} ${model}`, () => runs.labels(model, provider, origin, outcome)).inc()
      this.#of(`d ${outcome} ${model}`, () => runSeconds.labels(model, outcome)).observe(durationMs / 1000)
      if (final.type === 'end') {
        this.#of(`m ${model}`, () => modelSeconds.labels(model)).observe(final.result.modelMs / 1000)
      }
      if (!usage) return
      this.#of(`i ${model}`, () => tokens.labels(model, 'input')).inc(usage.input)
      this.#of(`o ${model}`, () => tokens.labels(model, 'output')).inc(usage.output)
    })
  }

  /** A meter with its labels bound, kept because binding costs more than counting. */
  #of<T extends object>(key: string, bind: () => T): T {
    const known = this.#bound.get(key) as T | undefined
    if (known) return known
    const bound = bind()
    if (this.#bound.size < maxBound) this.#bound.set(key, bound)
    return bound
  }

  /** The text exposition format, with the content type that it needs. */
  async render(readings: GaugeReadings): Promise<{ text: string; contentType: string }> {
    const { registry } = await this.#load()
    setGauges(await import('prom-client'), registry, readings)
    return { text: await registry.metrics(), contentType: registry.contentType }
  }

  #record(sample: (meters: Meters) => void): void {
    if (this.#meters) {
      sample(this.#meters)
      return
    }
    if (this.#pending.length < maxPending) this.#pending.push(sample)
    this.#load().catch(() => {})
  }

  #load(): Promise<Meters> {
    this.#loading ??= import('prom-client').then((prometheus) => {
      this.#meters = createMeters(prometheus)
      for (const sample of this.#pending) sample(this.#meters)
      this.#pending = []
      return this.#meters
    })
    return this.#loading
  }
}

function createMeters({ Registry, Counter, Histogram }: typeof Prometheus): Meters {
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `openclaw_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name: `openclaw_${name}`, help, labelNames, buckets, registers })
  const fast = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30]
  const slow = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
  return {
    registry,
    requests: counter('http_requests_total', 'HTTP requests by route and status.', ['method', 'route', 'status']),
    requestSeconds: histogram('http_request_duration_seconds', 'Time to answer a request.', ['route'], fast),
    runs: counter('run_completed_total', 'Finished turns.', ['model', 'provider', 'trigger', 'outcome']),
    runSeconds: histogram('run_duration_seconds', 'Time of a turn.', ['model', 'outcome'], slow),
    modelSeconds: histogram('model_call_duration_seconds', 'Time a turn waited for its model.', ['model'], slow),
    tokens: counter('model_tokens_total', 'Tokens by direction.', ['model', 'token_type']),
  }
}

function setGauges({ Gauge }: typeof Prometheus, registry: Prometheus.Registry, readings: GaugeReadings): void {
  const set = (name: string, help: string, value: number, labels: Record<string, string> = {}) => {
    const full = `openclaw_${name}`
    const known = registry.getSingleMetric(full) as Prometheus.Gauge | undefined
    const gauge = known ?? new Gauge({ name: full, help, labelNames: Object.keys(labels), registers: [registry] })
    gauge.set(labels, value)
  }
  const { rss, heapUsed } = process.memoryUsage()
  set('gateway_build_info', 'Always 1.', 1, { version: readings.version, profile: readings.profile })
  set('gateway_uptime_seconds', 'Time since the gateway started.', readings.uptimeSeconds)
  set('active_turns', 'Turns that run or wait.', readings.activeTurns)
  set(
    'config_valid',
    '0 while the config file has errors and the last good one is in use.',
    readings.configValid ? 1 : 0,
  )
  set('memory_bytes', 'Memory of the process.', rss, { kind: 'rss' })
  set('memory_bytes', 'Memory of the process.', heapUsed, { kind: 'heap' })
}
