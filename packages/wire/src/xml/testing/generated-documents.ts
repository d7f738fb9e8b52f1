import fc from 'fast-check'

// Documents as text. Names and prefixes come from short lists so that prefixes are mostly bound and names repeat.

const localName = fc.constantFrom('a', 'b', 'Name', 'long-name.with_parts', 'é', 'x1', 'PartitionName', 'link', '名')
const prefix = fc.constantFrom('', '', '', 'p', 'q', 'unbound', 'xml')
const uri = fc.constantFrom('urn:one', 'urn:two', 'http://example.org/a?b=1&amp;c', 'urn:ü')
const space = fc.constantFrom('', '', ' ', '\n', '\t ', '\r\n')
const someSpace = fc.constantFrom(' ', '\n', '  ', '\t', '\r\n')

const plainText = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', '\n', '\t', '.', '-', '>', '"', "'", ']', '\r', '\r\n', '=', '/'),
  maxLength: 24,
})
const otherText = fc.string({
  unit: fc.constantFrom('é', '漢', '\u{1f600}', '\u00a0', '\ufffd', 'ß', '\u2028'),
  maxLength: 6,
})
const reference = fc.constantFrom(
  '&lt;',
  '&gt;',
  '&amp;',
  '&quot;',
  '&apos;',
  '&#65;',
  '&#x1F600;',
  '&#13;',
  '&#10;',
  '&#x9;',
)
const oddText = fc.constantFrom(
  ']]',
  '&#x10FFFF;',
  '%',
  '&',
  '&nbsp;',
  '&#0;',
  '&#xD800;',
  ']]>',
  '\u0001',
  '\ufffe',
  '&lt',
  '&#;',
  '&#x;',
)

const text = fc.oneof(
  { arbitrary: plainText, weight: 6 },
  { arbitrary: otherText, weight: 2 },
  { arbitrary: reference, weight: 3 },
  { arbitrary: oddText, weight: 1, depthSize: 'max' },
)
const comment = fc.oneof(
  { arbitrary: plainText.map((value) => `<!--${value.replaceAll('-', '')}-->`), weight: 9 },
  {
    arbitrary: fc.constantFrom('<!---->', '<!-- - -->', '<!--a--b-->', '<!--a--->', '<!-->', '<!--é\r\n-->'),
    weight: 1,
  },
)
const instruction = fc.constantFrom('<?go?>', '<?go now?>', '<?go  a="b" ?>', '<?go ??>', '<?é ü?>', '<?go-on\n\r\nx?>')
const oddMarkup = fc.constantFrom(
  '<?xml version="1.0"?>',
  '<?a:b c?>',
  '<? x?>',
  '<!x>',
  '< a/>',
  '<a',
  '</a>',
  '<a/',
  '<1/>',
  '<!DOCTYPE a>',
  '<?XML x?>',
)
const cdata = fc.oneof(
  plainText.map((value) => `<![CDATA[${value}]]>`),
  fc.constantFrom('<![CDATA[]]>', '<![CDATA[<a>&amp;]]]]>', '<![CDATA[é]]]>', '<![cdata[x]]>', '<![CDATA[\r\n\r]]>'),
)

const attributeValue = fc
  .oneof(
    plainText,
    otherText,
    reference,
    oddText.filter((value) => value !== '\ufffe'),
  )
  .chain((value) => fc.constantFrom(`"${value.replaceAll('"', '')}"`, `'${value.replaceAll("'", '')}'`))
const declaration = fc.oneof(
  uri.map((value) => `xmlns="${value}"`),
  fc.constant('xmlns=""'),
  fc.tuple(fc.constantFrom('p', 'q', 'r'), uri).map(([bound, value]) => `xmlns:${bound}='${value}'`),
  fc.constantFrom(
    'xmlns:p=""',
    'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
    'xmlns:xmlns="urn:x"',
    'xmlns:xml="urn:x"',
  ),
)
const ordinaryAttribute = fc
  .tuple(prefix, localName, space, space, attributeValue)
  .map(([before, name, left, right, value]) => `${before === '' ? '' : `${before}:`}${name}${left}=${right}${value}`)
const oddAttribute = fc.constantFrom('a', 'a=b', 'a="<"', ':a="1"', 'a:="1"', 'a:b:c="1"', '1="1"', 'a==""')
const attribute = fc.oneof(
  { arbitrary: ordinaryAttribute, weight: 12 },
  { arbitrary: declaration, weight: 6 },
  { arbitrary: oddAttribute, weight: 1 },
)

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(
      prefix,
      localName,
      fc.array(fc.tuple(someSpace, attribute), { maxLength: 4 }),
      space,
      fc.array(tie('content'), { maxLength: 5 }),
      fc.nat(40),
    )
    .map(([before, local, attributes, tail, content, choice]) => {
      const name = before === '' ? local : `${before}:${local}`
      const start = `<${name}${attributes.map(([gap, value]) => gap + value).join('')}${tail}`
      if (choice % 6 === 1) return `${start}/>`
      return `${start}>${content.join('')}</${choice === 0 ? `${name}x` : name}${tail}>`
    }),
  content: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { arbitrary: text, weight: 6 },
    { arbitrary: tie('element'), weight: 8 },
    { arbitrary: comment, weight: 1 },
    { arbitrary: cdata, weight: 1 },
    { arbitrary: instruction, weight: 1 },
    { arbitrary: oddMarkup, weight: 0 },
  ),
}))

const outside = fc.array(fc.oneof(comment, instruction, someSpace), { maxLength: 2 }).map((parts) => parts.join(''))
const beginning = fc.constantFrom(
  '',
  '',
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>',
  '\ufeff',
  "<?xml version='1.0' encoding='utf-8'?>\n",
)

/** A document; about half of them are well-formed. A prefix p or q is bound at the root as a rule. */
export const generatedDocument: fc.Arbitrary<string> = fc
  .tuple(beginning, outside, element, outside, fc.nat(9))
  .map(([first, before, root, after, choice]) => {
    const bound =
      choice === 0 ? root : root.replace(/^<[^\s/>]+/, '$& xmlns:unbound="urn:not" xmlns:p="urn:p" xmlns:q="urn:q"')
    return `${first}${before}${bound}${after}`
  })

/** The document with something cut out, doubled or put in. */
export const damagedDocument: fc.Arbitrary<string> = fc
  .tuple(
    generatedDocument,
    fc.nat(),
    fc.nat(12),
    fc.oneof(oddMarkup, oddText, fc.constantFrom('<', '>', '"', '/', '\u0000')),
    fc.nat(2),
  )
  .map(([document, at, length, insert, kind]) => {
    const start = at % (document.length + 1)
    if (kind === 0) return document.slice(0, start) + document.slice(start + length)
    if (kind === 1) return document.slice(0, start) + insert + document.slice(start)
    return document.slice(0, start + length) + document.slice(start)
  })
  // A cut may have halved a surrogate pair, which bytes cannot state.
  .map((document) => Buffer.from(document).toString())
