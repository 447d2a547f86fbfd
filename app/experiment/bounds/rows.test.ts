import { testBounds } from './boundtests';
import { rows } from './rows';

testBounds(rows);
