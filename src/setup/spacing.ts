/** Base ports closer than this are refused: control and page ports would meet (seeds 000 to 002). */
export const minSpacing = 20
/** Ports of one gateway reach from base to base+110 (spec/README.md 4). */
export const spanWidth = 111
/** What is recommended: the span and some room. */
export const advisedSpacing = 120
const maxPort = 65_535

export interface Neighbour {
  readonly profile: string
  readonly port: number
}

export interface SpacingProblem {
  /** refused: too close to run beside each other. overlap: allowed, browser ports are checked before use. */
  readonly verdict: 'refused' | 'overlap'
  readonly neighbour: Neighbour
  readonly distance: number
  /** A base port that is far enough from all neighbours. */
  readonly suggestion: number
}

/** Compares a base port with those of the other profiles; gives the nearest that is too close. */
export function checkSpacing(port: number, neighbours: readonly Neighbour[]): SpacingProblem | undefined {
  const [nearest] = neighbours.toSorted((a, b) => Math.abs(a.port - port) - Math.abs(b.port - port))
  if (!nearest) return undefined
  const distance = Math.abs(nearest.port - port)
  if (distance >= spanWidth) return undefined
  const verdict = distance < minSpacing ? 'refused' : 'overlap'
  return { verdict, neighbour: nearest, distance, suggestion: suggestPort(port, neighbours) }
}

/** The first port above `port`, else below, in steps of the advised spacing, that keeps its distance from all. */
export function suggestPort(port: number, neighbours: readonly Neighbour[]): number {
  const free = (candidate: number) => neighbours.every((one) => Math.abs(one.port - candidate) >= advisedSpacing)
  for (let candidate = port; candidate + spanWidth <= maxPort; candidate += advisedSpacing) {
    if (free(candidate)) return candidate
  }
  for (let candidate = port; candidate > 1024; candidate -= advisedSpacing) if (free(candidate)) return candidate
  return port
}
