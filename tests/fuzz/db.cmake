# db: fuzz targets
