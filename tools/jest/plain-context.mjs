import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's own environment, in a context whose global is an ordinary object. Otherwise every look at a global, `Buffer` as well as `undefined`,
 * goes through an interceptor and a proxy of Jest's: a third of what a suite that computes takes. A Node without DONT_CONTEXTIFY has the usual.
 */
export default class PlainContext extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants?.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
