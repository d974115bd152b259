// SPDX-License-Identifier: Apache-2.0

/* What the declarations declare, read with the compiler's own eyes. */

import path from 'node:path';
import ts from 'typescript';

import { root } from './typescript.mjs';

const file = path.join(root, 'types', 'index.d.ts');
const program = ts.createProgram([file], {
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022,
  strict: true, noEmit: true, types: [],
});
const checker = program.getTypeChecker();

/** What is wrong with them: sentences. */
export const complaintsOfDeclarations = ts.getPreEmitDiagnostics(program)
  .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

function exportsOf(symbol) {
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return new Map(checker.getExportsOfModule(real).map((each) =>
    [each.name, each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each]));
}

const entry = exportsOf(checker.getSymbolAtLocation(program.getSourceFile(file)));

function valuesOf(enumeration) {
  return Object.fromEntries([...enumeration.exports.values()].map((member) =>
    [member.name, checker.getConstantValue(member.valueDeclaration)]));
}

/** A module's values: {name: 'function', or the numbers of an enumeration}. */
export function declaredValues(module) {
  const found = {};
  for (const [name, symbol] of exportsOf(entry.get(module))) {
    if (symbol.flags & ts.SymbolFlags.Enum) found[name] = valuesOf(symbol);
    else if (symbol.flags & ts.SymbolFlags.Function) found[name] = 'function';
  }
  return found;
}

/** The members of an interface, inherited ones too: [{name, optional}]. */
export function declaredMembers(module, name) {
  const type = checker.getDeclaredTypeOfSymbol(exportsOf(entry.get(module)).get(name));
  return checker.getPropertiesOfType(type).map((member) =>
    ({ name: member.name, optional: Boolean(member.flags & ts.SymbolFlags.Optional) }));
}

/** The events that an interface's on() has, as the literal types of its overloads. */
export function declaredEvents(module, name) {
  const type = checker.getDeclaredTypeOfSymbol(exportsOf(entry.get(module)).get(name));
  const on = type.getProperty('on');
  if (on === undefined) return [];
  const signatures = checker.getTypeOfSymbol(on).getCallSignatures();
  return [...new Set(signatures.map((signature) => checker.getTypeOfSymbol(signature.parameters[0]).value))];
}
