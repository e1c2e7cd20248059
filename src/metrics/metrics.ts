import type { RunFinished } from '../agents/events.js'
import { Counter, contentType, Family, gauge, Histogram, label } from './exposition.js'

export interface RequestSample {
  readonly method: string
  /** The route's pattern, never the raw URL: its values would be endless. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** Models that are told apart. A caller may name any; those beyond count as "other". */
const maxModels = 200

export interface GaugeReadings {
  readonly version: string
  readonly profile: string
  readonly uptimeSeconds: number
  readonly activeTurns: number
  readonly configValid: boolean
}

/** Upper bounds of buckets, seconds. */
const fast = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30]
const slow = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Counters of one gateway (spec/http.md section 10). No label holds a prompt, a session or a path of the disk. */
export class Metrics {
  readonly #requests = counters('http_requests_total', 'HTTP requests by route and status.', [
    'method',
    'route',
    'status',
  ])
  readonly #requestSeconds = histograms('http_request_duration_seconds', 'Time to answer a request.', ['route'], fast)
  readonly #runs = counters('run_completed_total', 'Finished turns.', ['model', 'provider', 'trigger', 'outcome'])
  readonly #runSeconds = histograms('run_duration_seconds', 'Time of a turn.', ['model', 'outcome'], slow)
  readonly #modelSeconds = histograms(
    'model_call_duration_seconds',
    'Time a turn waited for its model.',
    ['model'],
    slow,
  )
  readonly #eventHooks = counters('event_hooks_total', 'Events that were given to hooks.', ['hook', 'outcome'])
  readonly #tokens = counters('model_tokens_total', 'Tokens by direction.', ['model', 'token_type'])
  /** What one kind of request, and one kind of turn, counts in: found with one look. */
  readonly #requestSeries = new Map<string, RequestSeries>()
  readonly #runSeries = new Map<string, RunSeries>()
  readonly #models = new Set<string>()

  request({ method, route, status, seconds }: RequestSample): void {
    const key = `${method} ${status} ${route}`
    const series = this.#requestSeries.get(key) ?? this.#openRequest(key, method, route, String(status))
    series.count.value += 1
    series.seconds.observe(seconds)
  }

  run({ model, provider, origin, outcome, durationMs, usage, final }: RunFinished): void {
    const key = `${origin} ${outcome} ${model}`
    const series = this.#runSeries.get(key) ?? this.#openRun(key, model, provider, origin, outcome)
    series.count.value += 1
    series.seconds.observe(durationMs / 1000)
    if (final.type === 'end') series.modelSeconds.observe(final.result.modelMs / 1000)
    if (!usage) return
    series.input.value += usage.input
    series.output.value += usage.output
  }

  /** An event came to a hook of the config, or could not. */
  eventHook(hook: string, outcome: 'ok' | 'failed' | 'dropped'): void {
    this.#eventHooks.of(hook, outcome).value += 1
  }

  /** The text exposition format, with the content type that it needs. */
  render(readings: GaugeReadings): { text: string; contentType: string } {
    const families = [
      this.#requests,
      this.#requestSeconds,
      this.#runs,
      this.#runSeconds,
      this.#modelSeconds,
      this.#tokens,
      this.#eventHooks,
    ]
    return { text: `${families.map((family) => family.render()).join('')}${gauges(readings)}`, contentType }
  }

  #openRequest(key: string, method: string, route: string, status: string): RequestSeries {
    const series = { count: this.#requests.of(method, route, status), seconds: this.#requestSeconds.of(route) }
    this.#requestSeries.set(key, series)
    return series
  }

  #openRun(key: string, ref: string, name: string, origin: string, outcome: string): RunSeries {
    const told = this.#models.has(ref) || this.#models.size < maxModels
    if (told) this.#models.add(ref)
    const [model, provider] = told ? [ref, name] : ['other', 'other']
    const series = {
      count: this.#runs.of(model, provider, origin, outcome),
      seconds: this.#runSeconds.of(model, outcome),
      modelSeconds: this.#modelSeconds.of(model),
      input: this.#tokens.of(model, 'input'),
      output: this.#tokens.of(model, 'output'),
    }
    // The others have none of their own to be found.
    if (told) this.#runSeries.set(key, series)
    return series
  }
}

interface RequestSeries {
  readonly count: Counter
  readonly seconds: Histogram
}

interface RunSeries extends RequestSeries {
  readonly modelSeconds: Histogram
  readonly input: Counter
  readonly output: Counter
}

function counters(name: string, help: string, labels: string[]): Family<Counter> {
  return new Family(`openclaw_${name}`, help, labels, () => new Counter())
}

function histograms(name: string, help: string, labels: string[], bounds: readonly number[]): Family<Histogram> {
  return new Family(`openclaw_${name}`, help, labels, () => new Histogram(bounds))
}

function gauges({ version, profile, uptimeSeconds, activeTurns, configValid }: GaugeReadings): string {
  const { rss, heapUsed } = process.memoryUsage()
  const build = `${label('version', version)},${label('profile', profile)}`
  return [
    gauge('openclaw_gateway_build_info', 'Always 1.', [[build, 1]]),
    gauge('openclaw_gateway_uptime_seconds', 'Time since the gateway started.', [['', uptimeSeconds]]),
    gauge('openclaw_active_turns', 'Turns that run or wait.', [['', activeTurns]]),
    gauge('openclaw_config_valid', '0 while the config file has errors and the last good one is in use.', [
      ['', configValid ? 1 : 0],
    ]),
    gauge('openclaw_memory_bytes', 'Memory of the process.', [
      [label('kind', 'rss'), rss],
      [label('kind', 'heap'), heapUsed],
    ]),
  ].join('')
}
