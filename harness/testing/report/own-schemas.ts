/**
 * What others ask of documents that we write, as we read their specifications: enough that a wrong document is refused.
 * Their own schemas are checked besides where they are at hand.
 */

const TEXT = { type: 'string' };
const COUNT = { type: 'integer', minimum: 0 };
const closed = (properties: Record<string, object>, required: string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: object): object => ({ type: 'array', items });

/** TEST_OUTPUT of a Konflux integration test. */
export const KONFLUX_TEST_OUTPUT = closed(
  {
    result: { enum: ['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'ERROR'] },
    timestamp: TEXT,
    note: TEXT,
    namespace: TEXT,
    successes: COUNT,
    failures: COUNT,
    warnings: COUNT,
  },
  ['result', 'timestamp', 'successes', 'failures', 'warnings'],
);

const MESSAGE = { type: 'object', required: ['text'], properties: { text: TEXT, markdown: TEXT } };
const RULE = {
  type: 'object',
  required: ['id'],
  properties: { id: TEXT, shortDescription: MESSAGE, fullDescription: MESSAGE, help: MESSAGE },
};
const LOCATION = {
  type: 'object',
  properties: {
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: {
        artifactLocation: { type: 'object', properties: { uri: TEXT } },
        region: { type: 'object', properties: { startLine: { type: 'integer', minimum: 1 } } },
      },
    },
  },
};

/** SARIF 2.1.0, sections 3.13 (file), 3.14 (run), 3.18 (tool), 3.27 (result), 3.28 (location), 3.35 (suppression). */
export const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    version: { const: '2.1.0' },
    $schema: TEXT,
    runs: listOf({
      type: 'object',
      required: ['tool'],
      properties: {
        tool: {
          type: 'object',
          required: ['driver'],
          properties: {
            driver: { type: 'object', required: ['name'], properties: { name: TEXT, rules: listOf(RULE) } },
          },
        },
        results: listOf({
          type: 'object',
          required: ['message'],
          properties: {
            ruleId: TEXT,
            kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
            level: { enum: ['none', 'note', 'warning', 'error'] },
            message: MESSAGE,
            locations: listOf(LOCATION),
            suppressions: listOf({
              type: 'object',
              required: ['kind'],
              properties: {
                kind: { enum: ['inSource', 'external'] },
                status: { enum: ['accepted', 'underReview', 'rejected'] },
              },
            }),
            partialFingerprints: { type: 'object', additionalProperties: TEXT },
          },
        }),
      },
    }),
  },
};

const OUTCOME = `<xs:complexType><xs:simpleContent><xs:extension base="xs:string">
  <xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string"/>
</xs:extension></xs:simpleContent></xs:complexType>`;

/** JUnit's XML as CI systems read it. */
export const JUNIT_XSD = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:attributeGroup name="counts">
    <xs:attribute name="name" type="xs:string"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
    <xs:attribute name="time" type="xs:decimal"/>
    <xs:attribute name="timestamp" type="xs:dateTime"/>
    <xs:attribute name="hostname" type="xs:string"/>
  </xs:attributeGroup>
  <xs:element name="testsuites"><xs:complexType><xs:sequence>
    <xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence><xs:attributeGroup ref="counts"/></xs:complexType></xs:element>
  <xs:element name="testsuite"><xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">
    <xs:element name="properties" type="properties"/>
    <xs:element ref="testcase"/>
    <xs:element name="system-out" type="xs:string"/>
    <xs:element name="system-err" type="xs:string"/>
  </xs:choice><xs:attributeGroup ref="counts"/></xs:complexType></xs:element>
  <xs:complexType name="properties"><xs:sequence>
    <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="value" type="xs:string"/>
    </xs:complexType></xs:element>
  </xs:sequence></xs:complexType>
  <xs:element name="testcase"><xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">
    <xs:element name="properties" type="properties"/>
    <xs:element name="skipped">${OUTCOME}</xs:element>
    <xs:element name="failure">${OUTCOME}</xs:element>
    <xs:element name="error">${OUTCOME}</xs:element>
    <xs:element name="system-out" type="xs:string"/>
    <xs:element name="system-err" type="xs:string"/>
  </xs:choice>
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="classname" type="xs:string"/>
    <xs:attribute name="time" type="xs:decimal"/>
    <xs:attribute name="file" type="xs:string"/>
    <xs:attribute name="line" type="xs:positiveInteger"/>
  </xs:complexType></xs:element>
</xs:schema>
`;
