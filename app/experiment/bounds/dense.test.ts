import { testBounds } from './boundtests';
import { dense } from './dense';

testBounds(dense);
