DROP TRIGGER area_change_rules ON places_areachange;
DROP FUNCTION places_area_change_rules();
