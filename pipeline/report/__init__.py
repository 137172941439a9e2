"""Results → documents: charts, tables, notebooks, published pages."""
