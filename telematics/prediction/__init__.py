"""When a bus arrives: travel times learned per stretch of road, corrected live, with a calibrated range."""
