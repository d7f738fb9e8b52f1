import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerList } from './request-headers.js'
import { WireHeaders } from './wire-headers.js'
import { WireRequest } from './wire-request.js'

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/).filter((text) => !/^set-cookie$/i.test(text))
const value = fc.stringMatching(/^[!-~]{1,10}$/)
const step = fc.record({ action: fc.constantFrom('set', 'append', 'delete'), name, value })

describe('WireHeaders', () => {
  it('does what Headers does, but for the order of names', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const ours = new WireHeaders()
        const standard = new Headers()
        for (const { action, name, value } of steps) {
          for (const headers of [ours, standard]) {
            if (action === 'set') headers.set(name, value)
            else if (action === 'append') headers.append(name, value)
            else headers.delete(name)
          }
        }
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(standard))
        expect([...ours.keys()].toSorted()).toEqual([...standard.keys()])
        expect([...ours.values()].toSorted()).toEqual([...standard.values()].toSorted())
        const visited: [string, string][] = []
        ours.forEach((value, name) => void visited.push([name, value]))
        expect(visited).toEqual([...ours.entries()])
        for (const { name } of steps) {
          expect(ours.get(name.toUpperCase())).toBe(standard.get(name))
          expect(ours.has(name)).toBe(standard.has(name))
        }
        expect(ours.toRecord()).toEqual(Object.fromEntries(standard))
      }),
    )
  })

  it('copies what Headers accepts', () => {
    const expected = { a: '1', b: '2' }
    for (const init of [
      expected,
      [
        ['A', '1'],
        ['b', '2'],
      ],
      new Headers(expected),
      new WireHeaders({ ...expected }),
    ]) {
      expect(WireHeaders.from(init).toRecord()).toEqual(expected)
    }
    expect(WireHeaders.from({ a: '1', b: undefined }).toRecord()).toEqual({ a: '1' })
    expect(WireHeaders.from(undefined).toRecord()).toEqual({})
    const original = new WireHeaders({ a: '1' })
    WireHeaders.from(original).set('a', '2')
    expect(original.get('a')).toBe('1')
  })

  it('keeps repeated cookies apart', () => {
    expect(new WireHeaders({ 'set-cookie': ['a=1', 'b=2'] }).getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(new WireHeaders({ 'set-cookie': 'a=1' }).getSetCookie()).toEqual(['a=1'])
    expect(new WireHeaders().getSetCookie()).toEqual([])
    expect(new WireHeaders({ 'x-a': ['1', '2'] }).get('X-A')).toBe('1, 2')
  })

  it('reaches no prototype, whatever the name', () => {
    const headers = new WireHeaders()
    expect(headers.get('constructor')).toBeNull()
    expect(headers.has('toString')).toBe(false)
    headers.set('__proto__', 'x')
    headers.append('__proto__', 'y')
    expect(headers.get('__proto__')).toBe('x, y')
    expect(Object.getPrototypeOf(headers.toRecord())).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('WireRequest', () => {
  it('takes the forms of body that need no stream', async () => {
    const url = 'https://host.example/'
    const make = (body: unknown): WireRequest => new WireRequest(url, { method: 'post', body })
    expect(await make('text').text()).toBe('text')
    expect(await make(Buffer.from('{"a":1}')).json()).toEqual({ a: 1 })
    expect(Buffer.from(await make(Buffer.from('bytes').buffer.slice(0, 0)).bytes()).length).toBe(0)
    expect(Buffer.from(await make('ä').arrayBuffer()).toString()).toBe('ä')
    expect(Buffer.from(await make(undefined).bytes()).length).toBe(0)
    expect(await make(null).text()).toBe('')
    const form = make(new URLSearchParams({ a: 'b c' }))
    expect([form.body, form.headers.get('content-type')]).toEqual([
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ])
    expect(() => make(new FormData())).toThrow(/serialize it first/)
    expect(make('x').method).toBe('POST')
  })

  it('copies another request', () => {
    const { signal } = new AbortController()
    const first = new WireRequest(new URL('https://host.example/a'), {
      method: 'PUT',
      headers: { a: '1' },
      body: 'x',
      signal,
    })
    const copy = first.clone()
    expect(copy).toMatchObject({ url: 'https://host.example/a', method: 'PUT', body: 'x', signal })
    copy.headers.set('a', '2')
    expect(first.headers.get('a')).toBe('1')
    expect(new WireRequest(first, { method: 'POST', body: 'y' })).toMatchObject({ method: 'POST', body: 'y' })
  })
})

describe('headerList', () => {
  it("keeps the caller's headers in order and asks for compression once", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const list = headerList(headers, true)
        const names = list.filter((_, index) => index % 2 === 0)
        expect(names.slice(0, Object.keys(headers).length)).toEqual(Object.keys(headers))
        expect(names.filter((text) => text.toLowerCase() === 'accept-encoding').length).toBeGreaterThanOrEqual(1)
        expect(list.length).toBe(names.length * 2)
      }),
    )
    expect(headerList({ 'ACCEPT-encoding': 'identity' }, true)).toEqual(['ACCEPT-encoding', 'identity'])
    expect(headerList({ a: '1' }, false)).toEqual(['a', '1', 'accept-encoding', 'identity'])
    expect(headerList(undefined, false)).toEqual(['accept-encoding', 'identity'])
  })
})
