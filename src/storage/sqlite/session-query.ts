import type { SessionFilter, SessionPage } from '../types.js'
import { sessionColumns } from './rows.js'

export interface Query {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** The statement of one page. Each order and filter that lists commonly use has an index that gives it in order. */
export function pageQuery({ limit, offset = 0, order, ...filter }: SessionPage): Query {
  const by = order === 'interacted' ? 'interacted_at' : 'updated_at'
  const sorted = `ORDER BY ${by} DESC, row DESC`
  if (filter.archived !== 'all') {
    const { sql, values } = conditions(filter, filter.archived ?? false)
    return {
      sql: `SELECT ${sessionColumns} FROM sessions WHERE ${sql} ${sorted} LIMIT ? OFFSET ?`,
      values: [...values, limit, offset],
    }
  }
  // Either half comes from its index, so that no more is sorted than a page needs.
  const halves = [false, true].map((archived) => conditions(filter, archived))
  const half = ({ sql }: Query) => `SELECT * FROM (SELECT * FROM sessions WHERE ${sql} ${sorted} LIMIT ?)`
  return {
    sql: `SELECT ${sessionColumns} FROM (${halves.map(half).join(' UNION ALL ')}) ${sorted} LIMIT ? OFFSET ?`,
    values: [...halves.flatMap(({ values }) => [...values, limit + offset]), limit, offset],
  }
}

/** The statement that counts; what is kept as a total is only read. */
export function countQuery(filter: SessionFilter): Query {
  const { agent, archived = false, label, category, parent, search, since } = filter
  const both = archived === 'all'
  if ([label, category, parent, search, since].every((value) => value === undefined)) {
    const parts = [agent !== undefined && 'agent = ?', !both && `archived = ${Number(archived)}`].filter(Boolean)
    const where = parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : ''
    return {
      sql: `SELECT coalesce(sum(total), 0) AS total FROM session_totals${where}`,
      values: agent === undefined ? [] : [agent],
    }
  }
  const { sql, values } = conditions(filter, both ? undefined : archived)
  return { sql: `SELECT count(*) AS total FROM sessions WHERE ${sql}`, values }
}

function conditions(filter: SessionFilter, archived: boolean | undefined): Query {
  const parts: string[] = archived === undefined ? [] : [`archived = ${Number(archived)}`]
  const values: (string | number)[] = []
  const add = (sql: string, value: string | number | undefined) => {
    if (value === undefined) return
    parts.push(sql)
    values.push(value)
  }
  add('agent = ?', filter.agent)
  add('label = ?', filter.label)
  add('category = ?', filter.category)
  add('parent = ?', filter.parent)
  add('updated_at >= ?', filter.since)
  add('instr(search, ?) > 0', filter.search?.toLowerCase())
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1', values }
}
