//! Device keys: kept outside the data folder.
