/** Counters and histograms in Prometheus' text format, version 0.0.4: counting is one addition, names are for readers. */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

export class Counter {
  value = 0

  rows(name: string, labels: string): string {
    return row(name, labels, this.value)
  }
}

export class Histogram {
  readonly #bounds: readonly number[]
  /** One for each bound, and one for what is above them all. */
  readonly #counts: number[]
  #sum = 0

  /** `bounds` ascend; each is the largest value of its bucket. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket += 1
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += value
  }

  rows(name: string, labels: string): string {
    let below = 0
    const buckets = this.#counts.map((count, index) => {
      below += count
      const bound = `le="${this.#bounds[index] ?? '+Inf'}"`
      return row(`${name}_bucket`, labels === '' ? bound : `${labels},${bound}`, below)
    })
    return `${buckets.join('')}${row(`${name}_sum`, labels, this.#sum)}${row(`${name}_count`, labels, below)}`
  }
}

/** All series of one name, told apart by the values of their labels. */
export class Family<Series extends Counter | Histogram> {
  readonly #name: string
  readonly #help: string
  readonly #labels: readonly string[]
  readonly #make: () => Series
  readonly #series = new Map<string, Series>()

  constructor(name: string, help: string, labels: readonly string[], make: () => Series) {
    this.#name = name
    this.#help = help
    this.#labels = labels
    this.#make = make
  }

  /** The series of these label values, in the order of the names. Keep it where it is counted often. */
  of(...values: readonly string[]): Series {
    const labels = this.#labels.map((name, index) => label(name, values[index] ?? '')).join()
    const known = this.#series.get(labels)
    if (known) return known
    const made = this.#make()
    this.#series.set(labels, made)
    return made
  }

  render(): string {
    const type = this.#make() instanceof Counter ? 'counter' : 'histogram'
    const rows = [...this.#series].map(([labels, series]) => series.rows(this.#name, labels))
    return `${head(this.#name, this.#help, type)}${rows.join('')}`
  }
}

/** A value that is read now, with its labels. */
export function gauge(name: string, help: string, readings: readonly (readonly [string, number])[]): string {
  return `${head(name, help, 'gauge')}${readings.map(([labels, value]) => row(name, labels, value)).join('')}`
}

/** One label and its value, as they stand in a row. */
export function label(name: string, value: string): string {
  return `${name}="${escaped(value)}"`
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

function row(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
