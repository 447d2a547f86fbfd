import { testBounds } from './boundtests';
import { layers } from './layers';

testBounds(layers);
