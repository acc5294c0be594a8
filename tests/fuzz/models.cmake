# models: fuzz targets
